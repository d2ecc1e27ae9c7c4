import type { Client } from "carillon/client";

/** The orders of a room, kept in step with it. */
export class Orders {
  readonly paid = new Set<string>();
  readonly #fetchAll: () => Promise<readonly string[]>;

  constructor(client: Client<{ "order:paid": { order: string } }>, room: string, fetchAll: Orders["load"]) {
    this.#fetchAll = fetchAll;
    client.channel(room).on("order:paid", ({ order }) => this.paid.add(order));
    client.listen("gap", ({ channel }) => {
      if (channel === room) void this.load();
    });
  }

  async load() {
    const orders = await this.#fetchAll();
    for (const order of orders) this.paid.add(order);
    return orders;
  }
}
