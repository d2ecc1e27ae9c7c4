import { lazy, Suspense, startTransition, useCallback, useEffect, useMemo, useState } from "react";
import { LanguageContext } from "./language-choice.ts";
import { isLanguage, type Language } from "./languages.ts";
import { recall, remember } from "./remember.ts";
import { rememberedSession, rememberSession, type Session } from "./session.ts";
import { Failing } from "./shell/failing.tsx";
import { SignIn } from "./sign-in/sign-in.tsx";

/** Everything that is only for who is signed in. */
const SignedIn = lazy(() => import("./signed-in.tsx"));

const LANGUAGE = "carillon-portal-language";

function firstLanguage(): Language {
  const chosen = recall("window", LANGUAGE);
  if (isLanguage(chosen)) return chosen;
  const preferred = navigator.language.slice(0, 2);
  return isLanguage(preferred) ? preferred : "en";
}

/** The portals: a page to sign in, then the pages of whoever did. */
export function App() {
  const [session, setSession] = useState(rememberedSession);
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const choose = useCallback((next: Language) => {
    remember("window", LANGUAGE, next);
    setLanguage(next);
  }, []);
  const signIn = useCallback(
    (next: Session) => {
      rememberSession(next);
      choose(next.language);
      location.hash = "";
      // The page to sign in stays until the other is there: nothing empty is shown between them.
      startTransition(() => setSession(next));
    },
    [choose],
  );
  const signOut = useCallback(() => {
    rememberSession(undefined);
    location.hash = "";
    setSession(undefined);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(() => ({ language, choose }), [language, choose]);
  return (
    <LanguageContext.Provider value={choice}>
      <Failing>
        <Suspense>
          {session ? (
            <SignedIn key={session.user} session={session} signOut={signOut} />
          ) : (
            <SignIn signIn={signIn} />
          )}
        </Suspense>
      </Failing>
    </LanguageContext.Provider>
  );
}
