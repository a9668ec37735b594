// The engine's runner of policy packs hands TypeScript that it loads itself to ts-node, which knows neither this
// project's modules nor its compiler. What a module imports is Node's own business, and Node runs TypeScript as it is.
import "./index.ts";
