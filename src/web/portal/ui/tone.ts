/** What a colour says: something to know, something good, something to look at, something wrong, or nothing. */
export type Tone = "blue" | "green" | "amber" | "red" | "violet" | "grey";
