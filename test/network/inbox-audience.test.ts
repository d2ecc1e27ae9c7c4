import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Backend, problemIn } from "../support/backend.ts";
import { InboxOwner, type InboxPage } from "../support/inbox.ts";
import { Screen, startOf } from "../support/screen.ts";
import { type Service, startService } from "../support/service.ts";
import type { Claims } from "../support/token.ts";

let service: Service;
let backend: Backend;
let names = 0;

beforeAll(async () => {
  service = await startService();
  backend = new Backend(service);
});
afterAll(() => service?.stop());

/** A name that no other test uses: of a user, and of roles, so that nobody is reached by what is for others. */
function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}`;
}

const ownerOf = (claims: Claims) => new InboxOwner(service, backend, claims);

const notification = {
  type: "news",
  title: { en: "News", th: "ข่าว" },
  message: { en: "Something new", th: "มีอะไรใหม่" },
};

/** Publishes one notification under this id. */
async function publish(id: string, to: object, more: object = {}): Promise<void> {
  const targets = await backend.publish({ id, event: "news", data: { id }, to, notification, ...more });
  expect(targets).toMatchObject([{ status: "stored", duplicate: false }]);
}

const idsIn = ({ notifications }: InboxPage) => notifications.map(({ id }) => id);

/** Waits until no connection of a user is left. */
async function untilGone(user: string): Promise<void> {
  await expect
    .poll(
      async () =>
        (await backend.publish({ event: "x", to: { users: [user] }, store: false }))[0]?.connections,
      {
        message: `awaited that ${user} is gone`,
        timeout: 10_000,
      },
    )
    .toBe(0);
}

describe("somebody who never connected", () => {
  test("finds what was sent to a role, a tenant, a channel of an audience and by name, in its order", async () => {
    const [user, role, tenant] = [fresh("user"), fresh("role"), fresh("tenant")];
    await publish("for-role", { roles: [role] });
    await publish("for-tenant", { tenants: [tenant] });
    await publish("on-channel", { channels: [`notifications:role:${role}`] });
    await publish("for-others", { roles: [fresh("role")] });
    await publish("for-both", { roles: [role], tenants: [tenant] });
    const owner = ownerOf({ sub: user, roles: [role], tenants: [tenant], locale: "th" });
    const page = await owner.page();
    expect(idsIn(page)).toEqual(["for-both", "on-channel", "for-tenant", "for-role"]);
    expect(page.counts).toEqual({ total: 4, unread: 4, unseen: 4 });
    expect(page.notifications[3]).toMatchObject({ title: "ข่าว", data: { id: "for-role" } });
    expect(await ownerOf({ sub: fresh("user") }).page()).toMatchObject({ notifications: [] });
  });

  test("finds it by whichever request comes first, and all is all of it", async () => {
    const role = fresh("role");
    const next = () => ownerOf({ sub: fresh("user"), roles: [role] });
    await publish("first", { roles: [role] });
    await publish("second", { roles: [role] });
    const both = { total: 2, unread: 2, unseen: 2 };
    expect((await next().counts()).counts).toEqual(both);
    expect(await next().read("first")).toMatchObject({ id: "first" });
    expect((await next().mark({ as: "read", ids: ["second"] })).counts).toEqual({
      ...both,
      unread: 1,
      unseen: 1,
    });
    expect((await next().mark({ as: "read", all: true })).counts).toEqual({ total: 2, unread: 0, unseen: 0 });
    expect((await next().delete("first")).counts).toEqual({ total: 1, unread: 1, unseen: 1 });
    expect((await next().clear()).counts.total).toBe(0);
  });

  test("follows from the position of the answer, and gets the rest once", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    await publish("before", { roles: [role] });
    const owner = ownerOf({ sub: user, roles: [role] });
    const page = await owner.page();
    await publish("between", { roles: [role] });
    const screen = await Screen.open(service, owner, { start: startOf(page) });
    await screen.shows({ total: 2 }, "what came between");
    await publish("after", { roles: [role] });
    await screen.shows({ total: 3 }, "what came after");
    const now = await owner.page();
    expect(idsIn(now)).toEqual(["after", "between", "before"]);
    expect(screen.view.notifications).toEqual(now.notifications);
    screen.drop();
  });

  test("finds hundreds of them, page by page", async () => {
    const role = fresh("role");
    const ids = Array.from({ length: 300 }, (_, index) => `n-${index}`);
    for (let at = 0; at < ids.length; at += 100) {
      await backend.publish(
        ids.slice(at, at + 100).map((id) => ({ id, event: "news", to: { roles: [role] }, notification })),
      );
    }
    const pages = await ownerOf({ sub: fresh("user"), roles: [role] }).walk("limit=90");
    expect(pages.flatMap(idsIn)).toEqual(ids.toReversed());
    expect(pages.map(({ counts }) => counts.total)).toEqual([300, 300, 300, 300]);
  });
});

describe("somebody who was away", () => {
  test("finds what came meanwhile, and marks it before ever connecting again", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const owner = ownerOf({ sub: user, roles: [role] });
    const screen = await Screen.open(service, owner, { start: startOf(await owner.page()) });
    await publish("here", { roles: [role] });
    await screen.shows({ total: 1, unread: 1 }, "what came while here");
    const away = screen.drop();
    await untilGone(user);
    await publish("away", { roles: [role] });
    await publish("away-too", { channels: [`notifications:role:${role}`] });
    const page = await owner.page();
    expect(idsIn(page)).toEqual(["away-too", "away", "here"]);
    expect(page.counts).toEqual({ total: 3, unread: 3, unseen: 3 });
    const { counts, position } = await owner.mark({ as: "read", ids: ["away"] });
    const back = await Screen.open(service, owner, { start: away });
    expect(back.socket.welcome.counts).toEqual(counts);
    await back.reaches(position);
    expect(back.view.notifications).toEqual((await owner.page()).notifications);
    expect(back.counts).toEqual(counts);
    back.drop();
  });

  test("and has lost a role does not see any more what was for it", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    await publish("for-members", { roles: [role] });
    await backend.publish({ id: "for-me", event: "news", to: { users: [user] }, notification });
    expect(idsIn(await ownerOf({ sub: user, roles: [role] }).page())).toEqual(["for-members", "for-me"]);
    const without = ownerOf({ sub: user });
    expect(idsIn(await without.page())).toEqual(["for-me"]);
    expect(problemIn(await without.ask("/inbox/for-members")).code).toBe("not_found");
  });

  test("has one notification of what was sent by name and to a role alike", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    await backend.publish({ id: "twice", event: "news", to: { users: [user], roles: [role] }, notification });
    const page = await ownerOf({ sub: user, roles: [role] }).page();
    expect([idsIn(page), page.counts.total]).toEqual([["twice"], 1]);
  });

  test("has what was deleted not again when the audience is asked again", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const owner = ownerOf({ sub: user, roles: [role] });
    for (const id of ["one", "two"]) await publish(id, { roles: [role] });
    await owner.delete("one");
    const recalled = await backend.ask(`/users/${user}/inbox/two`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${service.publishKey}` },
    });
    expect(recalled.status).toBe(200);
    await publish("three", { roles: [role] });
    expect(idsIn(await owner.page())).toEqual(["three"]);
  });
});

// Last, because everybody who comes after it is among them.
describe("what is for everyone", () => {
  test("is found by everyone, whoever they are: never connected, away, connected", async () => {
    const [known, user] = [fresh("user"), fresh("user")];
    const owner = ownerOf({ sub: known });
    const screen = await Screen.open(service, owner, { start: startOf(await owner.page()) });
    await publish("to-everyone", { everyone: true });
    await publish("announced", { channels: ["announcements"] }, { data: "plain" });
    await screen.shows({ total: 2, unread: 2 }, "both");
    const both = ["announced", "to-everyone"];
    expect(screen.view.notifications.map(({ id }) => id)).toEqual(both);
    screen.drop();
    for (const one of [owner, ownerOf({ sub: user }), ownerOf({ sub: fresh("user"), roles: ["any"] })]) {
      expect(idsIn(await one.page())).toEqual(both);
      expect((await one.counts()).counts).toEqual({ total: 2, unread: 2, unseen: 2 });
    }
  });
});
