import { RelativeTime, useInbox } from "carillon/react";

export function Inbox() {
  const { status, items, counts, hasMore, loadMore, markRead, remove } = useInbox();
  if (status === "failed") return <p>It could not be loaded.</p>;
  return (
    <section aria-label={`Inbox, ${counts.unread} unread`}>
      {items.map(({ id, title, readAt, createdAt }) => (
        <article key={id}>
          <h3>{title}</h3>
          <RelativeTime at={createdAt} />
          {readAt === null && (
            <button type="button" onClick={() => markRead(id)}>
              Read
            </button>
          )}
          <button type="button" onClick={() => remove(id)}>
            Delete
          </button>
        </article>
      ))}
      {hasMore && (
        <button type="button" onClick={() => loadMore()}>
          More
        </button>
      )}
    </section>
  );
}
