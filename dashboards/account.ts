import { useEffect, useState } from "preact/hooks";

/** Who is logged in and which areas are open to them: `/api/me`. */
export interface Account {
  readonly name: string;
  readonly areas: readonly { readonly code: string; readonly name: string }[];
}

let asked: Promise<Account | null> | undefined;

/** Asked for once, after the first drawing; null until it has come, and where a site tells none. */
export function useAccount(): Account | null {
  const [account, setAccount] = useState<Account | null>(null);
  useEffect(() => {
    asked ??= askAccount();
    void asked.then(setAccount);
  }, []);
  return account;
}

async function askAccount(): Promise<Account | null> {
  try {
    const answer = await fetch("../api/me", { credentials: "same-origin", cache: "no-store" });
    return answer.ok ? await answer.json() as Account : null;
  } catch (error) {
    // Without it all areas are offered, and the site still refuses what is closed.
    console.warn((error as Error).message);
    return null;
  }
}

/** Whether the account may open an area; unknown accounts are not held back here. */
export function mayOpen(account: Account | null, area: string): boolean {
  return !account || account.areas.some((own) => area.startsWith(own.code));
}
