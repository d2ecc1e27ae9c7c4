import { z } from "zod";
import { type Target, type User, users, usersOf } from "./cast.ts";
import { MINUTE } from "./clock.ts";
import type { Journal, Published } from "./journal.ts";
import type { Names } from "./names.ts";
import { request } from "./office.ts";

const answer = z.object({
  results: z.array(z.object({ targets: z.array(z.object({ channel: z.string(), status: z.string() })) })),
});

/** What is published of one thing, whoever it goes to. */
interface Item {
  readonly published: Published;
  readonly to: readonly Target[];
  readonly store: boolean;
}

/** The backend that publishes notifications, and publishes some again. */
export class Backend {
  readonly #names: Names;
  readonly #journal: Journal;
  readonly #items: Item[] = [];

  constructor(names: Names, journal: Journal) {
    this.#names = names;
    this.#journal = journal;
  }

  async publish(
    to: readonly Target[],
    { key, life, store }: { key: string | undefined; life: number | undefined; store: boolean },
  ): Promise<void> {
    const published: Published = {
      id: this.#names.notification(this.#items.length),
      type: this.#items.length % 3 === 0 ? "ads" : "news",
      collapseKey: key,
      expiresAt: life === undefined ? undefined : Date.now() + life * MINUTE,
      to: new Set(),
      answered: new Set(),
    };
    this.#journal.published.push(published);
    const item = { published, to, store };
    this.#items.push(item);
    await this.#post(item, to);
  }

  /**
   * Publishes one of the last again under its id: to a user who may have it or not, or to whom it went before. An audience
   * knows it by its id, whichever roles it is for then.
   */
  async repeat(back: number, to: User | undefined): Promise<void> {
    const item = this.#items.at(-1 - back);
    if (item) await this.#post(item, to === undefined ? item.to : [to]);
  }

  async #post({ published, store }: Item, to: readonly Target[]): Promise<void> {
    const { id, type, collapseKey, expiresAt } = published;
    const roles = to.flatMap((target) =>
      target === "pair" || target === "all" ? this.#names.role(target) : [],
    );
    const named = users.filter((user) => to.includes(user));
    for (const user of to.flatMap(usersOf)) published.to.add(user);
    const { status, body } = await request("dev-only-publish-key", "POST", "/publish", {
      ...{ id, event: "news", data: { id }, store },
      to: { users: named.map((user) => this.#names.user(user)), roles },
      notification: {
        ...{ type, title: `Title of ${id}`, message: "<b>A message</b>" },
        ...(collapseKey !== undefined && { collapseKey }),
        ...(expiresAt !== undefined && { expiresAt }),
      },
    });
    if (status !== 200) {
      this.#journal.faults.push(`POST /publish: ${status}`);
      return;
    }
    const statuses = new Map(
      answer.parse(body).results[0]?.targets.map((one) => [one.channel, one.status] as const),
    );
    const took = (channel: string) => ["delivered", "stored"].includes(statuses.get(channel) ?? "");
    const byName = named.filter((user) => took(`user:${this.#names.user(user)}`));
    const byRole = took("user:*") ? to.filter((target) => !isUser(target)).flatMap(usersOf) : [];
    for (const user of [...byName, ...byRole.filter((user) => !named.includes(user))]) {
      published.answered.add(user);
    }
  }
}

function isUser(target: Target): target is User {
  return target !== "pair" && target !== "all";
}
