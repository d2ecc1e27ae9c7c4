import { FanOut } from "../../../src/objects/fan-out.ts";
import { UserObject } from "../../../src/objects/user-object.ts";
import type { Prank } from "./command.ts";
import type { Names } from "./names.ts";

/** Calls of users' objects that go wrong: each prank befalls the next call that it fits. */
export class Pranks {
  #waiting: { readonly prank: Prank; readonly names: Names }[] = [];

  add(prank: Prank, names: Names): void {
    this.#waiting.push({ prank, names });
  }

  clear(): void {
    this.#waiting = [];
  }

  async around<Result>(
    object: UserObject,
    call: Prank["call"],
    make: () => Promise<Result>,
  ): Promise<Result> {
    const { ctx } = object as unknown as { readonly ctx: DurableObjectState };
    const found = this.#waiting.find(
      ({ prank, names }) => prank.call === call && names.user(prank.user) === ctx.id.name,
    );
    if (!found) return make();
    this.#waiting.splice(this.#waiting.indexOf(found), 1);
    const { when } = found.prank;
    if (when === "within" && call === "deliver") return dieInWriting(ctx, make);
    if (when !== "before") {
      await make();
      // What it has written is durable; that it has is lost.
      await ctx.storage.sync();
    }
    ctx.abort("killed by the test");
    throw new Error("The object is gone; nobody hears this.");
  }
}

const { send } = FanOut.prototype;

/** Kills an object in the synchronous block that writes, when it is about to send. */
async function dieInWriting<Result>(ctx: DurableObjectState, make: () => Promise<Result>): Promise<Result> {
  FanOut.prototype.send = () => {
    FanOut.prototype.send = send;
    ctx.abort("killed by the test");
  };
  // What it does before it first waits is all.
  const made = make();
  FanOut.prototype.send = send;
  return made;
}

/**
 * Puts the pranks around the calls of users' objects. The objects run in the test's own isolate, so their class can be
 * patched.
 *
 * @returns what takes them away again.
 */
export function install(pranks: Pranks): () => void {
  const { deliver, markInbox, takeAudience } = UserObject.prototype;
  UserObject.prototype.deliver = function (this: UserObject, ...given) {
    return pranks.around(this, "deliver", () => deliver.apply(this, given));
  };
  UserObject.prototype.markInbox = function (this: UserObject, ...given) {
    return pranks.around(this, "markInbox", () => markInbox.apply(this, given));
  };
  UserObject.prototype.takeAudience = function (this: UserObject, ...given) {
    return pranks.around(this, "takeAudience", () => takeAudience.apply(this, given));
  };
  return () => {
    Object.assign(UserObject.prototype, { deliver, markInbox, takeAudience });
  };
}
