import { onTestFinished } from "vitest";
import type { Outcome, Publication } from "../../src/objects/publication.ts";
import { RoomObject } from "../../src/objects/room-object.ts";
import { UserObject } from "../../src/objects/user-object.ts";

type Deliver = (publications: readonly Publication[]) => Promise<Outcome[][]>;

/**
 * Lets objects fail: called with an object's name before each delivery, what it throws the object throws. Outcomes that it
 * gives are the object's answer, and nothing is delivered.
 */
export function failDeliveries(
  fault: (name: string, publications: readonly Publication[], deliver: () => Promise<Outcome[][]>) => unknown,
): void {
  for (const { prototype } of [UserObject, RoomObject]) {
    const { deliver } = prototype;
    const faulty: Deliver = async function (this: UserObject & RoomObject, publications) {
      const { ctx } = this as unknown as { ctx: DurableObjectState };
      const given = await fault(ctx.id.name ?? "", publications, () => deliver.call(this, publications));
      return Array.isArray(given) ? given : deliver.call(this, publications);
    };
    prototype.deliver = faulty;
    onTestFinished(() => {
      prototype.deliver = deliver;
    });
  }
}

/** An error as the platform marks it. */
export function platformError(
  message: string,
  marks: { readonly retryable?: true; readonly overloaded?: true } = {},
): Error {
  return Object.assign(new Error(message), marks);
}
