import { describe, expect, test } from "vitest";
import { events } from "../../src/config/events.ts";
import { defineRoutes } from "../../src/config/route-kinds.ts";
import { routes } from "../../src/config/routes.ts";
import { example } from "./example-events.ts";

describe("the routing table", () => {
  test("says of each event what becomes of it", () => {
    expect(Object.keys(routes).sort()).toEqual(Object.keys(events).sort());
  });

  test("gives each delivery a name that is fit for an id", () => {
    for (const deliveries of Object.values(routes)) {
      expect(Object.keys(deliveries).length).toBeGreaterThan(0);
      for (const name of Object.keys(deliveries)) expect(name).toMatch(/^[a-z][\w-]{0,31}$/);
    }
  });

  test("keeps what was defined", () => {
    const given = { QUEUE_UPDATE: { clinic: { to: "clinic:{clinicId}:queue" } } } as const;
    expect(defineRoutes(given)).toBe(given);
  });

  test("names fields and channels that there are, or is not compiled", () => {
    const notification = { type: "payment", title: "Paid", message: "{amount} baht" } as const;
    const right = defineRoutes({
      "payment:confirmed": {
        farmer: {
          to: "farmer:{farmerId}:payments",
          pick: ["amount"],
          add: { celebration: true },
          notification,
          when: ({ amount }) => amount > 0,
        },
        admins: { to: { roles: ["admin", "dtam_admin"] }, event: "payment:received" },
        everyone: { to: { everyone: true } },
      },
      CLINIC_ALERT: { staff: { to: { tenants: ["{clinicId}"] } } },
      "certificate:expiring": {
        farmer: { to: "user:{farmerId}", notification: { ...notification, message: "{expiryDate:date}" } },
      },
    });
    // A condition knows the data of its own event.
    const { when } = right["payment:confirmed"].farmer;
    expect(when({ ...example["payment:confirmed"], amount: 0 })).toBe(false);

    defineRoutes({
      // @ts-expect-error: no such event.
      "payment:refunded": { farmer: { to: "user:{farmerId}" } },
    });
    defineRoutes({
      // @ts-expect-error: no such field for the target.
      "payment:confirmed": { farmer: { to: "user:{buyerId}" } },
    });
    defineRoutes({
      // @ts-expect-error: no rule for such a channel.
      "payment:confirmed": { farmer: { to: "farmer:{farmerId}:invoices" } },
    });
    defineRoutes({
      // @ts-expect-error: no such field to pick.
      "payment:confirmed": { farmer: { to: "user:{farmerId}", pick: ["ammount"] } },
    });
    defineRoutes({
      "payment:confirmed": {
        // @ts-expect-error: a field that is misspelt in a text.
        farmer: { to: "user:{farmerId}", notification: { ...notification, message: "{ammount} baht" } },
      },
    });
    defineRoutes({
      "payment:confirmed": {
        // @ts-expect-error: likewise in one of its languages.
        farmer: { to: "user:{farmerId}", notification: { ...notification, title: { th: "{amuont}" } } },
      },
    });
    defineRoutes({
      "application:approved": {
        // @ts-expect-error: a field that may be absent leaves a hole in a text.
        farmer: { to: "user:{farmerId}", notification: { ...notification, message: "{reason}" } },
      },
    });
    defineRoutes({
      "application:updated": {
        // @ts-expect-error: a list is no text.
        farmer: { to: "user:{farmerId}", notification: { ...notification, message: "{updatedFields}" } },
      },
    });
    defineRoutes({
      "certificate:expiring": {
        // @ts-expect-error: no such form.
        farmer: { to: "user:{farmerId}", notification: { ...notification, message: "{expiryDate:month}" } },
      },
    });
    defineRoutes({
      // @ts-expect-error: a part that there is not.
      "payment:confirmed": { farmer: { to: "user:{farmerId}", picks: ["amount"] } },
    });
    defineRoutes({
      "payment:confirmed": {
        // @ts-expect-error: a part that a notification does not have.
        farmer: { to: "user:{farmerId}", notification: { ...notification, icon: "bell", message: "Paid" } },
      },
    });
    defineRoutes({
      // @ts-expect-error: roles are in lower case.
      "payment:confirmed": { admins: { to: { roles: ["ADMIN"] } } },
    });
  });
});
