import type { ReactNode } from "react";
import { type ChannelView, type UseChannelOptions, useChannel } from "./use-channel.ts";

export interface ChannelSubscriberProps extends UseChannelOptions {
  /** The room to follow; nothing is followed while it is `undefined`. */
  readonly channel: string | undefined;
  /** Draws what is known of the room; nothing is drawn unless it is said. */
  readonly children?: ((channel: ChannelView) => ReactNode) | undefined;
}

/**
 * Follows a room while it is on the page, for who writes in elements rather than in hooks.
 *
 * @example
 * <ChannelSubscriber channel="clinic:7:queue" onEvent={(data) => setQueue(data)} />
 */
export function ChannelSubscriber({ channel, children, ...options }: ChannelSubscriberProps) {
  const view = useChannel(channel, options);
  return children ? children(view) : null;
}
