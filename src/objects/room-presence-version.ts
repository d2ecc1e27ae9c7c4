/** Which state of a room's presence something brings or shows: the `seq`th change in the life of that name. */
export interface PresenceVersion {
  readonly incarnation: string;
  readonly seq: number;
}

/** Who is in a room, as the JSON text that frames and answers hold. */
export interface PresenceView extends PresenceVersion {
  readonly text: string;
}

/** Puts who is in a room into a frame or an answer that is JSON text already. */
export function withPresence(json: string, view: Pick<PresenceView, "text"> | undefined): string {
  return view ? `${json.slice(0, -1)},"presence":${view.text}}` : json;
}
