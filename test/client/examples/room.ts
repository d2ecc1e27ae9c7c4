import type { Client } from "carillon/client";

export async function enter(client: Client, name: string) {
  const room = client.channel(name);
  const undo = room.on("note", ({ text }, { from }) => console.log(`${from}: ${text}`));
  await room.subscribe({ since: "beginning" });
  await room.presence.set({ at: "desk 2" });
  room.presence.subscribe(() => console.log(`${room.presence.get().count} here`));
  room.typing.subscribe(() => console.log(`typing: ${room.typing.get().join(", ")}`));
  room.startTyping();
  await room.publish("note", { text: "Good morning" });
  room.stopTyping();
  return () => {
    undo();
    room.unsubscribe();
  };
}
