import { describe, expect, it } from "vitest";
import type { AudienceEvent } from "../../src/objects/audience-entry.ts";
import {
  entriesFromAudience,
  passingFromAudience,
  publicationFor,
  type Recipient,
} from "../../src/objects/given-events.ts";
import { EACH_USER, type PublishedEvent } from "../../src/objects/publication.ts";
import { eventFor, notification } from "./shard.ts";

const OWN = "user:42";

const to = (takes = true): Recipient => ({ user: "42", channel: OWN, takes: () => takes });
const event = (channel: string, more: Partial<PublishedEvent> = {}) => eventFor("", { channel, ...more });
const published = (...events: PublishedEvent[]) => ({ id: "id", hash: "h", events });
const brought = (one: PublishedEvent): AudienceEvent => ({ id: "id", at: 5, event: one });

const reach = { roles: ["a"], tenants: [], everyone: false, besides: [] };
const aim = { only: { roles: ["a"] } };

/** What is told of the notification of an event on a channel. */
const announced = (channel: string, more: object = {}) => ({
  ...{ channel, shownOn: OWN, event: "notification:new", data: "null", store: true, notification },
  ...more,
});

describe("a publication in a user's log", () => {
  it("is its events, where there is no notification", () => {
    const publication = published(event(OWN), event("user:42:orders"));
    expect(publicationFor(publication, to())).toEqual({ ...publication, announcement: undefined });
  });

  it("has one notification, on the user's own channel, seen by who may see the event", () => {
    const noted = { notification, aim, ttl: 60 };
    const publication = published(event("farmer:42:payments", noted), event(OWN, noted));
    expect(publicationFor(publication, to())).toEqual({
      ...{ id: "id", hash: "h" },
      events: [event("farmer:42:payments", { aim, ttl: 60 }), event(OWN, { aim, ttl: 60 })],
      announcement: announced("farmer:42:payments", { aim }),
    });
  });

  it("has none where the user does not take it, and its events all the same", () => {
    const publication = published(event(OWN, { notification }));
    expect(publicationFor(publication, to(false))).toEqual({
      ...published(event(OWN)),
      announcement: undefined,
    });
  });

  it("has none for a user whom the publisher left out by name, and for others it has", () => {
    const announcementFor = (aim: PublishedEvent["aim"]) =>
      publicationFor(published(event(OWN, { notification, ...(aim && { aim }) })), to()).announcement;
    expect(announcementFor({ except: { user: "42" } })).toBeUndefined();
    expect(announcementFor({ only: { users: ["7"] } })).toBeUndefined();
    expect(announcementFor({ except: { user: "7" }, only: { users: ["7", "42"] } })).toBeDefined();
    expect(announcementFor({ except: { client: "42" } })).toBeDefined();
  });

  it("asks the user for the type of notification that it is", () => {
    const asked: unknown[] = [];
    publicationFor(published(event(OWN, { notification })), {
      ...to(),
      takes: (one) => {
        asked.push(one);
        return true;
      },
    });
    expect(asked).toEqual([notification]);
  });
});

describe("what the audience brings a user", () => {
  it("lies under the audience's name, or on the user's own channel where it was for each user", () => {
    expect(entriesFromAudience(brought(event("announcements")), to())).toEqual([
      { id: "id", at: 5, event: event("announcements") },
    ]);
    expect(entriesFromAudience(brought(event(EACH_USER, { reach, aim })), to())).toEqual([
      { id: "id", at: 5, event: event(OWN, { aim }) },
    ]);
  });

  it("comes with its notification behind it, seen by who may see the event, for longer than that", () => {
    expect(entriesFromAudience(brought(event("admin:payments", { notification, ttl: 60 })), to())).toEqual([
      { id: "id", at: 5, event: event("admin:payments", { ttl: 60 }) },
      { id: "id", at: 5, event: announced("admin:payments") },
    ]);
    expect(entriesFromAudience(brought(event(EACH_USER, { notification, aim })), to())[1]?.event).toEqual(
      announced(OWN, { aim }),
    );
    expect(entriesFromAudience(brought(event("admin:payments", { notification })), to(false))).toHaveLength(
      1,
    );
  });

  it("is its notification alone where the event is not stored, and has passed by", () => {
    const passing = event("admin:payments", { notification, store: false });
    expect(entriesFromAudience(brought(passing), to())).toEqual([
      { id: "id", at: 5, event: announced("admin:payments") },
    ]);
    expect(entriesFromAudience(brought(passing), to(false))).toEqual([]);
  });

  it("and is not kept is a frame without an offset, on the channel that the user sees", () => {
    expect(passingFromAudience(brought(event(EACH_USER, { store: false, aim, reach })), to())).toEqual({
      channel: OWN,
      aim,
      frame: `{"type":"event","channel":"${OWN}","event":"news","data":null,"id":"id","at":5}`,
    });
    expect(passingFromAudience(brought(event("announcements", { store: false })), to())).toMatchObject({
      channel: "announcements",
      aim: undefined,
    });
  });
});
