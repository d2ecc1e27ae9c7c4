import { useEffect, useLayoutEffect } from "react";

/** `useLayoutEffect` without the warning that React 18 gives of it on a server, where neither runs. */
export const useLayout = typeof document === "undefined" ? useEffect : useLayoutEffect;
