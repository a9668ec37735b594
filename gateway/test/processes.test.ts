/** The tests that start gateways as processes of their own. */
import "./processes/at-once.ts";
import "./processes/kill.ts";
import "./processes/kill-submit.ts";
import "./processes/life.ts";
