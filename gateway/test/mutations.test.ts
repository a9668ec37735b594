/** A process of its own, beside the others: it takes most of a minute of one core. */
import "./jobs/mutated.ts";
