/**
 * For tests of what is built on the client: `import { FakeServer } from "carillon/testing"`. docs/client.md shows it at
 * work.
 */
export { type FakePublication, FakeServer, type FakeServerOptions } from "./fake-server.ts";
export type { Frame } from "./fake-socket.ts";
export type { FakeNotification } from "./fake-user.ts";
