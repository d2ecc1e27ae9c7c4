import { formatPosition, type Position } from "../protocol/position.ts";
import type { HistoryPage } from "./api.ts";
import { Http, type HttpOptions } from "./http.ts";
import { hasFields } from "./json.ts";

/** Which page of a room's history. */
export interface HistoryQuery {
  readonly before?: Position;
  readonly limit?: number;
}

/** Reads a page of what a room keeps. @throws {CarillonClientError} as `Channel.history` does. */
export async function readHistory(
  service: HttpOptions,
  room: string,
  { before, limit }: HistoryQuery = {},
): Promise<HistoryPage> {
  const http = new Http(service);
  const path = `rooms/${encodeURIComponent(room)}/events`;
  const from = before ?? (await afterTop(http, path));
  const query = { before: formatPosition(from), limit };
  const { events, more, position } = await http.get(path, query, isHistory);
  return { events: events.map((event) => ({ ...event, log: room })), more, position };
}

/** What comes before it is everything. */
async function afterTop(http: Http, path: string): Promise<Position> {
  const { position } = await http.get(path, {}, isHistory);
  return { epoch: position.epoch, offset: position.offset + 1 };
}

function isHistory(answer: unknown): answer is HistoryPage {
  return hasFields(answer, "events", "more", "position");
}
