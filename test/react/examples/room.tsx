import { PresenceList, TypingIndicator, useChannel } from "carillon/react";
import { useState } from "react";

export function Room({ id }: { id: string }) {
  const { status, events, publish, startTyping, stopTyping } = useChannel(`room:${id}`, {
    since: "beginning",
  });
  const [text, setText] = useState("");
  const send = async () => {
    await publish("note", { text });
    stopTyping();
    setText("");
  };
  if (status === "refused") return <p>This room is not for you.</p>;
  return (
    <form action={send}>
      <PresenceList channel={`room:${id}`} />
      <ol>
        {events.map(({ id, from, data }) => (
          <li key={id}>
            {from}: {JSON.stringify(data)}
          </li>
        ))}
      </ol>
      <TypingIndicator channel={`room:${id}`} />
      <input
        aria-label="Note"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          startTyping();
        }}
      />
    </form>
  );
}
