import { env } from "cloudflare:workers";
import { AudienceObject } from "../../../src/objects/audience-object.ts";
import { audienceShard, userObject } from "../../../src/objects/env.ts";
import { UserObject } from "../../../src/objects/user-object.ts";
import { abort } from "../interleavings/objects.ts";
import type { Call, Prank } from "./command.ts";
import type { Names } from "./names.ts";

/** Where a call is under way: the two objects, as far as the call tells them. */
interface Site {
  readonly call: Call;
  readonly called: () => DurableObjectStub;
  readonly caller: (() => DurableObjectStub) | undefined;
  /** The name of the user whom it concerns. */
  readonly user?: string;
}

/** Calls between objects that go wrong: each prank befalls the next calls of its kind. */
export class Pranks {
  readonly #waiting: { readonly prank: Prank; readonly user: string | undefined; times: number }[] = [];

  add(prank: Prank, names: Names): void {
    const user = prank.user && names.user(prank.user);
    this.#waiting.push({ prank, user, times: prank.times });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** Makes a call between objects, with what befalls it. */
  async around<Result>({ call, called, caller, user }: Site, make: () => Promise<Result>): Promise<Result> {
    const found = this.#waiting.find(
      (one) => one.prank.call === call && (one.user === undefined || one.user === user),
    );
    if (!found) return make();
    found.times -= 1;
    if (found.times === 0) this.#waiting.splice(this.#waiting.indexOf(found), 1);
    const { when, what } = found.prank;
    if (when === "after") await make();
    if (what === "killCalled") await abort(called());
    if (what === "killCaller" && caller) await abort(caller());
    if (what === "killFirst") await abort(shard(0));
    throw new Error(`A prank: ${what} ${when} ${call}.`);
  }
}

/**
 * Puts the pranks around the calls between objects. The objects run in the test's own isolate, so their classes can
 * be patched.
 *
 * @returns what takes them away again.
 */
export function install(pranks: Pranks): () => void {
  const { takeAudience } = UserObject.prototype;
  const { register, visit, leave, takeFromFirst, followFirst, readFirst, deliver } = AudienceObject.prototype;
  const { noteShards, findMember, forgetMember } = AudienceObject.prototype;
  const at = (object: object, call: Call, caller?: () => DurableObjectStub): Site => ({
    call,
    called: () => shard(Number(nameOf(object))),
    caller,
  });

  UserObject.prototype.takeAudience = function (this: UserObject, from, generation, push) {
    const called = () => user(nameOf(this));
    const site: Site = { call: "takeAudience", called, caller: () => shard(from), user: nameOf(this) };
    return pranks.around(site, () => takeAudience.call(this, from, generation, push));
  };
  AudienceObject.prototype.register = function (this: AudienceObject, registration) {
    const site = at(this, "register", () => user(registration.user));
    return pranks.around(site, () => register.call(this, registration));
  };
  AudienceObject.prototype.visit = function (this: AudienceObject, asked) {
    return pranks.around(
      at(this, "visit", () => user(asked.user)),
      () => visit.call(this, asked),
    );
  };
  AudienceObject.prototype.leave = function (this: AudienceObject, left) {
    return pranks.around(
      at(this, "leave", () => user(left.user)),
      () => leave.call(this, left),
    );
  };
  AudienceObject.prototype.takeFromFirst = function (this: AudienceObject, generation, push) {
    const site = at(this, "takeFromFirst", () => shard(0));
    return pranks.around(site, () => takeFromFirst.call(this, generation, push));
  };
  AudienceObject.prototype.followFirst = function (this: AudienceObject, from, generation) {
    const site = at(this, "followFirst", () => shard(from));
    return pranks.around(site, () => followFirst.call(this, from, generation));
  };
  AudienceObject.prototype.readFirst = function (this: AudienceObject, after) {
    return pranks.around(at(this, "readFirst"), () => readFirst.call(this, after));
  };
  AudienceObject.prototype.deliver = function (this: AudienceObject, publications) {
    return pranks.around(at(this, "deliver"), () => deliver.call(this, publications));
  };
  AudienceObject.prototype.noteShards = function (this: AudienceObject, count) {
    return pranks.around(at(this, "noteShards"), () => noteShards.call(this, count));
  };
  AudienceObject.prototype.findMember = function (this: AudienceObject, name) {
    return pranks.around(at(this, "findMember"), () => findMember.call(this, name));
  };
  AudienceObject.prototype.forgetMember = function (this: AudienceObject, name, generation) {
    return pranks.around(at(this, "forgetMember"), () => forgetMember.call(this, name, generation));
  };
  return () => {
    Object.assign(UserObject.prototype, { takeAudience });
    Object.assign(AudienceObject.prototype, {
      register,
      visit,
      leave,
      takeFromFirst,
      followFirst,
      readFirst,
    });
    Object.assign(AudienceObject.prototype, { deliver, noteShards, findMember, forgetMember });
  };
}

function shard(number: number): DurableObjectStub {
  return audienceShard(env, number);
}

function user(name: string): DurableObjectStub {
  return userObject(env, name);
}

/** The name that an object is addressed by. */
function nameOf(object: object): string {
  return (object as { ctx: DurableObjectState }).ctx.id.name ?? "";
}
