/**
 * Loaded before a gateway: its clock is CLOCK_AHEAD_SECONDS ahead, and on the message `{ aheadSeconds: n }` so many, so that
 * what takes minutes to expire can be tested.
 */
import { numberAt } from "../../../local/kube/json.ts";

const real = Date.now.bind(Date);
let aheadSeconds = Number(process.env["CLOCK_AHEAD_SECONDS"] ?? 0);

Date.now = () => real() + aheadSeconds * 1000;

process.on("message", (message) => {
  aheadSeconds = numberAt(message, "aheadSeconds") ?? 0;
  process.send?.("set");
});
// A gateway that has stopped ends, whoever it could hear from.
process.channel?.unref();
