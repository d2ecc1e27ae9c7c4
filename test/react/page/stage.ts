import type { InboxNotification } from "../../../src/client/api.ts";
import { type MemoryClient, notificationOf } from "../support/memory-client.ts";

/** What a test in the browser has of the page. */
export interface Stage {
  readonly memory: MemoryClient;
  /** How often each part was rendered. */
  readonly renders: Record<string, number>;
  /** What should not have been. */
  readonly faults: string[];
  /** What components told by their callbacks. */
  readonly told: string[];
  /** Sets what the scene is given. */
  set(props: Readonly<Record<string, unknown>>): void;
  unmount(): void;
}

declare global {
  interface Window {
    stage: Stage;
  }
}

const MINUTE = 60_000;

/** Notifications of every kind, newest first, as a person may find them. */
export function samples(now: number): InboxNotification[] {
  const kinds: readonly (Partial<InboxNotification> & { readonly id: string; readonly ago: number })[] = [
    {
      id: "n1",
      ago: 0.2,
      type: "payment",
      title: "Payment received",
      message: "Your payment of 5,000 baht for application GACP-2026-0187 has been received.",
      actionUrl: "/payments/1",
      actionText: "View the receipt",
    },
    {
      id: "n2",
      ago: 6,
      type: "certificate",
      title: "🎉 Certificate issued!",
      message: "Congratulations! You have received certificate TH-GACP-0042.",
      actionUrl: "/certificates/42",
    },
    {
      id: "n3",
      ago: 48,
      type: "alert",
      title: "The laboratory is closed today",
      message: "Samples are taken in again from tomorrow at eight.",
      priority: "critical",
    },
    {
      id: "n4",
      ago: 60 * 3,
      type: "application",
      title: "Application updated",
      message: "The status of application GACP-2026-0187 has changed",
      readAt: now,
      seenAt: now,
      actionUrl: "/applications/187",
    },
    {
      id: "n5",
      ago: 60 * 26,
      type: "audit",
      title: "An audit is scheduled",
      message:
        "Somchai Jaidee comes on 3 December at nine. Please have the records of the last two harvests at hand, and somebody who can open the store.",
      readAt: now,
      seenAt: now,
    },
    {
      id: "n6",
      ago: 60 * 24 * 4,
      type: "exam",
      title: "Đề thi mới",
      message: "Toán 12, học kỳ I: 40 câu hỏi, hạn nộp 30/11",
      readAt: now,
      seenAt: now,
    },
    {
      id: "n7",
      ago: 60 * 24 * 40,
      type: "greeting",
      title: "Welcome",
      message: "Good to have you here.",
      readAt: now,
      seenAt: now,
    },
  ];
  return kinds.map(({ ago, ...given }) => notificationOf({ createdAt: now - ago * MINUTE, ...given }));
}
