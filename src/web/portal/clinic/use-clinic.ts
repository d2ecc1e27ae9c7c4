import { useRoute } from "wouter";
import { usePortal } from "../portal-context.ts";

/** Which clinic a page shows: the one that its address names, else the person's first. */
export function useClinic(): { readonly clinic: string | undefined; readonly own: readonly string[] } {
  const { session } = usePortal();
  const [, params] = useRoute<{ clinic: string }>("/:clinic");
  return { clinic: params?.clinic ?? session.tenants[0], own: session.tenants };
}
