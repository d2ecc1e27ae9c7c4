import { people } from "../people.ts";

const names = new Map(
  Object.values(people)
    .flat()
    .map(({ id, name }) => [id, name]),
);

/** What somebody is called; their id where the demo does not know them. */
export function nameOf(user: string): string {
  return names.get(user) ?? user;
}
