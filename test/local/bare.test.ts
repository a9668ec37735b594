import "./bare/images.ts";
import "./bare/network.ts";
import "./bare/parts.ts";
import "./bare/problems.ts";
import "./bare/processes.ts";
import "./bare/programs.ts";
