/**
 * The client for browsers, Node from version 22, Deno, Bun and React Native:
 * `import { createClient } from "carillon/client"`. docs/client.md shows it at work.
 */
export type * from "./api.ts";
export { createClient } from "./client.ts";
export { CarillonClientError, type ClientErrorCode } from "./client-error.ts";
export type { KnownEvents } from "./known-events.ts";
export type { Platform, SocketClass, SocketLike, Timer } from "./platform.ts";
export type { KeyValueStorage } from "./storage.ts";
