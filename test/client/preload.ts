import { load, parts } from "../../src/client/parts.ts";

// Parts are fetched in real time, of which tests with a clock of their own know nothing: here they are here already. What a
// client does before they are is tested in parts.test.ts.
await Promise.all([load(parts.inbox), load(parts.polling), load(parts.tabs), load(parts.rooms)]);
