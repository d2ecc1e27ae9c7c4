import { useClient } from "carillon/react";
import { useEffect } from "react";

/** Connects when somebody signs in; another person, or nobody, ends that and forgets what belonged to the first. */
export function Session({ userId }: { userId: string | undefined }) {
  const client = useClient();
  useEffect(() => {
    client.setUser(userId);
    if (userId !== undefined) client.connect();
  }, [client, userId]);
  return null;
}
