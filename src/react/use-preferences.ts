import { useCallback, useMemo } from "react";
import type { Client, ClientError, Preferences, Store } from "../client/api.ts";
import { useClient } from "./provider.tsx";
import { cell, useStore } from "./store.ts";

/** What the user wants of notifications, and how getting or saving it stands. */
export interface PreferencesView {
  readonly status: "loading" | "ready" | "saving" | "failed";
  /** `undefined` until they have been fetched. */
  readonly preferences: Preferences | undefined;
  /** What failed last, getting or saving. */
  readonly error: ClientError | undefined;
}

export interface PreferencesModel extends PreferencesView {
  /** Shows them at once, and what was there before where the service refuses; it rejects then. */
  readonly save: (preferences: Preferences) => Promise<void>;
  readonly reload: () => Promise<void>;
}

interface PreferencesStore extends Store<PreferencesView> {
  load(): Promise<void>;
  save(preferences: Preferences): Promise<void>;
}

const loading: PreferencesView = { status: "loading", preferences: undefined, error: undefined };

/** One for each client, so that two components show the same. */
const stores = new WeakMap<object, PreferencesStore>();

/**
 * What the user wants of notifications: which types come, which are announced, and quiet hours.
 *
 * @example
 * const { preferences, save } = usePreferences();
 */
export function usePreferences(): PreferencesModel {
  const client = useClient();
  const store = useMemo(() => preferencesOf(client), [client]);
  const view = useStore(store, loading);
  const save = useCallback((preferences: Preferences) => store.save(preferences), [store]);
  const reload = useCallback(() => store.load(), [store]);
  return useMemo(() => ({ ...view, save, reload }), [view, save, reload]);
}

function preferencesOf(client: Pick<Client, "inbox" | "state" | "listen">): PreferencesStore {
  const known = stores.get(client);
  if (known) return known;
  const made = preferencesStore(client);
  stores.set(client, made);
  return made;
}

function preferencesStore(client: Pick<Client, "inbox" | "state" | "listen">): PreferencesStore {
  const view = cell(loading);
  let listeners = 0;
  let user: string | undefined;
  /** What is asked for grows, so that an answer that was overtaken is known. */
  let asked = 0;

  const get = async () => {
    asked += 1;
    const mine = asked;
    view.set({ ...view.get(), status: "loading", error: undefined });
    try {
      const preferences = await client.inbox.preferences.get();
      if (mine === asked) view.set({ status: "ready", preferences, error: undefined });
    } catch (error) {
      if (mine === asked) view.set({ ...view.get(), status: "failed", error: error as ClientError });
    }
  };

  /** Another person's preferences are not shown to this one. */
  const look = () => {
    const { state } = client;
    if (state.status !== "connected" || state.user === user) return;
    const isAnother = user !== undefined;
    user = state.user;
    if (isAnother) view.set(loading);
    if (isAnother || view.get().status === "failed") void get();
  };

  let undo: (() => void) | undefined;
  return {
    get: view.get,
    load: get,
    async save(preferences) {
      asked += 1;
      const mine = asked;
      const before = view.get().preferences;
      view.set({ status: "saving", preferences, error: undefined });
      try {
        const kept = await client.inbox.preferences.set(preferences);
        if (mine === asked) view.set({ status: "ready", preferences: kept, error: undefined });
      } catch (error) {
        if (mine === asked) view.set({ status: "failed", preferences: before, error: error as ClientError });
        throw error;
      }
    },
    subscribe(listener) {
      const stop = view.subscribe(listener);
      listeners += 1;
      if (listeners === 1) {
        undo = client.listen("state", look);
        if (client.state.status === "connected") user = client.state.user;
        if (view.get().preferences === undefined) void get();
      }
      return () => {
        stop();
        listeners -= 1;
        if (listeners === 0) undo?.();
      };
    },
  };
}
