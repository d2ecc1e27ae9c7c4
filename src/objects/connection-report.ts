import { type Fields, report } from "../operation/report.ts";
import type { Connection } from "./connections.ts";

/** Tells the operator of a connection that was opened: one line for each, and none while it lasts. */
export function reportOpened(connection: Connection, channel: string): void {
  report("info", "connection opened", fieldsOf(connection, channel));
}

/**
 * Tells the operator of a connection that has ended.
 *
 * @param how by whom, and with which reason or close code.
 */
export function reportClosed(connection: Connection, channel: string, how: Fields): void {
  const seconds = Math.round((Date.now() - connection.attachment.openedAt) / 1000);
  report("info", "connection closed", { ...fieldsOf(connection, channel), ...how, seconds });
}

function fieldsOf({ attachment }: Connection, channel: string): Fields {
  const { connection, client, identity, caller } = attachment;
  return { ...caller, connection, client, user: identity.userId, channel };
}
