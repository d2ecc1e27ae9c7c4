/**
 * The client for backends: `import { createPublisher } from "carillon/publisher"`. It runs where there is `fetch`: Node
 * from version 20, Workers, Deno and Bun. docs/publisher.md shows it at work.
 */

export type {
  ReadNotifications,
  Webhook,
  WebhookContent,
  WebhookEvent,
} from "../protocol/webhook.ts";
export type {
  AddressedEvent,
  EventOptions,
  LocalText,
  Notification,
  PublishedEvent,
  RoutedEvent,
  Targets,
} from "./event.ts";
export { requireEveryTarget } from "./every-target.ts";
export type { KnownEvents } from "./known-events.ts";
export type { Fetch } from "./post.ts";
export { PublishError, type PublishErrorCode, type PublishFailure } from "./publish-error.ts";
export { type CallOptions, createPublisher, type Publisher, type PublisherOptions } from "./publisher.ts";
export type { EventResult, TargetResult } from "./result.ts";
export { type ReceivedWebhook, verifyWebhook } from "./verify-webhook.ts";
export { WebhookError, type WebhookErrorCode } from "./webhook-error.ts";
