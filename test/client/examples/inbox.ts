import type { Client } from "carillon/client";

export function showInbox({ inbox }: Client, show: (text: string) => void) {
  inbox.onNew(({ title, silent }, { replayed }) => {
    if (!silent && !replayed) show(`New: ${title}`);
  });
  return inbox.subscribe(() => {
    const { status, items, counts } = inbox.get();
    if (status === "ready") show(`${counts.unread} unread: ${items.map(({ title }) => title).join(", ")}`);
  });
}

export async function readAll({ inbox }: Client) {
  await inbox.mark("seen", "all");
  await inbox.mark(
    "read",
    inbox.get().items.map(({ id }) => id),
  );
  while (inbox.get().hasMore) await inbox.more();
}
