import { useEffect, useMemo, useState } from "react";
import { createClient } from "../../client/index.ts";
import { RealtimeProvider } from "../../react/index.ts";
import { keptToken } from "./kept-token.ts";
import { useLanguage } from "./language-choice.ts";
import { type Portal, PortalContext } from "./portal-context.ts";
import { type Session, tokenFor } from "./session.ts";
import { Shell } from "./shell/shell.tsx";
import { Story } from "./story.ts";

export interface SignedInProps {
  readonly session: Session;
  readonly signOut: () => void;
}

/** Connects whoever is signed in, and disconnects them when they sign out. */
export default function SignedIn({ session, signOut }: SignedInProps) {
  const { language } = useLanguage();
  const [opened, setOpened] = useState<Pick<Portal, "client" | "story" | "token">>();
  useEffect(() => {
    const client = createClient({ getToken: () => tokenFor(session), user: session.user });
    const token = keptToken(() => tokenFor(session));
    const story = new Story(client, token);
    client.connect();
    setOpened({ client, story, token });
    return () => {
      story.close();
      client.close();
    };
  }, [session]);
  const portal = useMemo(
    () =>
      opened && {
        ...{ ...opened, session },
        signOut: () => {
          opened.client.signOut();
          signOut();
        },
      },
    [opened, session, signOut],
  );
  if (!portal) return null;
  return (
    <PortalContext.Provider value={portal}>
      <RealtimeProvider client={portal.client} locale={language}>
        <Shell />
      </RealtimeProvider>
    </PortalContext.Provider>
  );
}
