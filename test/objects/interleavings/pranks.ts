import { RoomObject } from "../../../src/objects/room-object.ts";
import { UserObject } from "../../../src/objects/user-object.ts";
import type { Prank } from "./command.ts";
import type { Names } from "./names.ts";
import { abort, objectOf } from "./objects.ts";

/** Where a call is under way: the names of the two objects, as far as the call tells them. */
interface Site {
  readonly call: Prank["call"];
  readonly room: string;
  readonly user: string | undefined;
}

/** Calls between objects that go wrong: each prank befalls the next calls that it fits. */
export class Pranks {
  readonly #waiting: { readonly prank: Prank; readonly names: Names; times: number }[] = [];

  add(prank: Prank, names: Names): void {
    this.#waiting.push({ prank, names, times: prank.times });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** Makes a call between objects, with what befalls it. */
  async around<Result>(site: Site, call: () => Promise<Result>): Promise<Result> {
    const found = this.#waiting.find(
      ({ prank, names }) =>
        prank.call === site.call &&
        names.room(prank.room) === site.room &&
        (site.user === undefined || names.user(prank.user) === site.user),
    );
    if (!found) return call();
    found.times -= 1;
    if (found.times === 0) this.#waiting.splice(this.#waiting.indexOf(found), 1);
    const { prank, names } = found;
    if (prank.when === "after") await call();
    if (prank.what === "killRoom") await abort(objectOf(names, prank.room));
    if (prank.what === "killUser") await abort(objectOf(names, prank.user));
    throw new Error(`A prank: ${prank.what} ${prank.when} ${prank.call}.`);
  }
}

/**
 * Puts the pranks around the calls between objects. The objects run in the test's own isolate, so their classes can
 * be patched.
 *
 * @returns what takes them away again.
 */
export function install(pranks: Pranks): () => void {
  const { takeRoom } = UserObject.prototype;
  const { follow, unfollow, resume, read } = RoomObject.prototype;
  UserObject.prototype.takeRoom = function (this: UserObject, room, generation, push) {
    const site: Site = { call: "takeRoom", room, user: nameOf(this) };
    return pranks.around(site, () => takeRoom.call(this, room, generation, push));
  };
  RoomObject.prototype.follow = function (this: RoomObject, user, generation) {
    const site: Site = { call: "follow", room: nameOf(this), user };
    return pranks.around(site, () => follow.call(this, user, generation));
  };
  RoomObject.prototype.unfollow = function (this: RoomObject, user, generation) {
    const site: Site = { call: "unfollow", room: nameOf(this), user };
    return pranks.around(site, () => unfollow.call(this, user, generation));
  };
  RoomObject.prototype.resume = function (this: RoomObject, since) {
    return pranks.around({ call: "resume", room: nameOf(this), user: undefined }, () =>
      resume.call(this, since),
    );
  };
  RoomObject.prototype.read = function (this: RoomObject, after) {
    return pranks.around({ call: "read", room: nameOf(this), user: undefined }, () => read.call(this, after));
  };
  return () => {
    Object.assign(UserObject.prototype, { takeRoom });
    Object.assign(RoomObject.prototype, { follow, unfollow, resume, read });
  };
}

/** The name that an object is addressed by; those of this test are ASCII, where a room's object is called as the room. */
function nameOf(object: object): string {
  return (object as { ctx: DurableObjectState }).ctx.id.name ?? "";
}
