import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useClient } from '../app/DepsContext.tsx';
import { createLiveHub, type LiveHub } from './live-hub.ts';

const Context = createContext<LiveHub | undefined>(undefined);

/** Opens the live connection after the sign-in and closes it at the sign-out. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useClient();
  const [hub, setHub] = useState<LiveHub>();
  useEffect(() => {
    const opened = createLiveHub(client, location.origin);
    setHub(opened);
    return () => opened.close();
  }, [client]);
  return hub === undefined ? null : <Context value={hub}>{children}</Context>;
}

export function useLiveHub(): LiveHub {
  const hub = useContext(Context);
  if (hub === undefined) throw new Error('useLiveHub is called outside LiveProvider');
  return hub;
}
