import { describe, expect, it } from "vitest";
import type { Received } from "../../src/client/api.ts";
import { inLanguage, movedAt, ordersOf } from "../../src/web/portal/shop/orders.ts";

/** Events of a customer's log, one after the other. */
const log = (...events: readonly (readonly [event: string, data: unknown])[]): readonly Received[] =>
  events.map(([event, data], place) => ({
    ...{ log: "user:mint", channel: "user:mint", event, data, id: `${place}`, at: 1000 * (place + 1) },
    offset: place + 1,
  }));

const order = (orderId: string, status: string, more: object = {}) => ({
  ...{ orderId, orderNumber: `SO-${orderId}`, status },
  ...more,
});

describe("orders of a log", () => {
  it("stand where they were told to be last, with the time of each step and what was said before", () => {
    const [only, ...others] = ordersOf(
      log(
        ["order:placed", order("1", "placed", { total: 500, lines: [{ name: "Mug", quantity: 2 }] })],
        ["notification:new", { id: "1" }],
        ["order:updated", order("1", "paid")],
        ["order:updated", order("1", "shipped", { trackingNumber: "TH-1" })],
      ),
    );
    expect(others).toEqual([]);
    expect(only).toMatchObject({ number: "SO-1", status: "shipped", total: 500, trackingNumber: "TH-1" });
    expect(only?.lines).toEqual([{ name: "Mug", quantity: 2 }]);
    expect([...(only?.reached ?? [])].sort(([, one], [, other]) => one - other)).toEqual([
      ["placed", 1000],
      ["paid", 3000],
      ["shipped", 4000],
    ]);
    expect(only && movedAt(only)).toBe(4000);
  });

  it("never go back, and what is told twice keeps its first time", () => {
    const [only] = ordersOf(
      log(
        ["order:updated", order("1", "packed")],
        ["order:updated", order("1", "packed")],
        ["order:updated", order("1", "placed")],
      ),
    );
    expect(only?.status).toBe("packed");
    expect(only?.reached.get("packed")).toBe(1000);
  });

  it("come the newest first, and an update moves none of them", () => {
    const orders = ordersOf(
      log(
        ["order:placed", order("1", "placed")],
        ["order:placed", order("2", "placed")],
        ["order:updated", order("1", "paid")],
      ),
    );
    expect(orders.map(({ id, status }) => [id, status])).toEqual([
      ["2", "placed"],
      ["1", "paid"],
    ]);
  });

  it("are not made of what does not fit", () => {
    const events = log(
      ["order:updated", null],
      ["order:updated", order("1", "eaten")],
      ["order:updated", { orderId: 1, status: "paid" }],
      ["exam:assigned", order("1", "paid")],
    );
    expect(ordersOf(events)).toEqual([]);
  });

  it("name their products in the reader's language where they can", () => {
    const mug = { en: "Mug", th: "แก้ว" };
    expect([inLanguage(mug, "th"), inLanguage(mug, "vi"), inLanguage("Mug", "th")]).toEqual([
      "แก้ว",
      "Mug",
      "Mug",
    ]);
  });
});
