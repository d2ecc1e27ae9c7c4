import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { RealtimeClient } from "./events.ts";
import { type Texts, textsFor } from "./texts.ts";

interface Realtime {
  readonly client: RealtimeClient;
  readonly locale: string;
  readonly texts: Texts;
  /** The panels that are on the page now: what they show needs no toast. */
  readonly panels: Set<unknown>;
}

const RealtimeContext = createContext<Realtime | undefined>(undefined);

export interface RealtimeProviderProps {
  /** Made, connected and closed by the application: the provider only hands it down. */
  readonly client: RealtimeClient;
  /** The reader's language as a BCP 47 tag: `en` unless it is said. Texts come in `en`, `th` and `vi`; times in any. */
  readonly locale?: string | undefined;
  /** Texts in place of those that come along. */
  readonly texts?: Partial<Texts> | undefined;
  readonly children?: ReactNode;
}

/**
 * Gives the hooks and components below it their client and their language. It owns nothing: mounting it twice, or
 * taking it away, changes nothing about the connection.
 *
 * @example
 * <RealtimeProvider client={client} locale="th"><App /></RealtimeProvider>
 */
export function RealtimeProvider({ client, locale = "en", texts, children }: RealtimeProviderProps) {
  const [panels] = useState(() => new Set<unknown>());
  const value = useMemo(
    () => ({ client, locale, panels, texts: { ...textsFor(locale), ...texts } }),
    [client, locale, panels, texts],
  );
  return <RealtimeContext.Provider value={value}>{children}</RealtimeContext.Provider>;
}

/** @throws {Error} where there is no provider above. */
function useRealtime(): Realtime {
  const value = useContext(RealtimeContext);
  if (!value) throw new Error("Carillon's hooks and components need a <RealtimeProvider> above them.");
  return value;
}

/** The client of the nearest provider. */
export function useClient(): RealtimeClient {
  return useRealtime().client;
}

/** The texts of the nearest provider, for components of one's own. */
export function useTexts(): Texts {
  return useRealtime().texts;
}

/** The panels of notifications that are on the page below the nearest provider. */
export function usePanels(): Set<unknown> {
  return useRealtime().panels;
}

/** The language of the nearest provider, as a BCP 47 tag. */
export function useLocale(): string {
  return useRealtime().locale;
}
