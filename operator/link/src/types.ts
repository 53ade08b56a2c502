import type { SiteModel } from '@kubeplant/crds/model';
import type { Logger, TlsTexts } from '@kubeplant/kit';
import type { model } from '@kubeplant/proto';

/** A console edit as it arrives from the api. */
export type Edit = model.Edit;

/** The operator's answer to an edit; `id` is filled in by the link. */
export type EditResult = Omit<model.EditResult, 'id'>;

/** Health of one site, as its owner in the api reports it. */
export type SiteHealth = model.SiteHealth;

/** First message of every stream. */
export type LinkHello = model.OperatorHello;

/** Everything a link needs; callbacks are synchronous but for `onEdit`, and are never called after `close`. */
export interface ModelLinkOptions {
  /** `host:port` of the api's Model service. */
  readonly endpoint: string;
  /** Client certificate with the URI SAN `kubeplant:operator`, and the CA the api's certificate is signed by; a function is asked at every connection. */
  readonly tls: TlsTexts | (() => TlsTexts);
  readonly hello: LinkHello;
  readonly log: Logger;
  readonly onAccepted?: (accepted: model.ModelAccepted) => void;
  readonly onRefused?: (refused: model.ModelRefused) => void;
  readonly onHealth?: (health: SiteHealth) => void;
  readonly onEdit: (edit: Edit) => Promise<EditResult>;
  /** Pause between attempts to connect; 100 ms to 10 s by default. */
  readonly backoff?: { readonly minMs: number; readonly maxMs: number };
}

/** Where one site's model stands. */
export interface SiteLinkState {
  readonly namespace: string;
  readonly site: string;
  /** Revision that is wanted. */
  readonly revision: string;
  /** Revision the api last confirmed, of whatever age. */
  readonly accepted?: string;
  /** Why the api refused the wanted revision. */
  readonly refused?: { readonly code: string; readonly message: string };
}

/** State of the link. `Connected` begins when the api answers on the stream. */
export interface ModelLinkState {
  readonly connection: 'Connecting' | 'Connected' | 'Closed';
  /** Why the last attempt or stream ended. */
  readonly lastError?: string;
  readonly sites: readonly SiteLinkState[];
}

/** A connection to one api endpoint that keeps it at the desired set of models. */
export interface ModelLink {
  /** Want this model; sent now if connected, and again after every reconnect. An unchanged model is not sent twice on a stream. */
  publish(site: SiteModel): void;
  /** The site is gone. */
  remove(namespace: string, site: string): void;
  /** Every site of the cluster has been published once: from now on the api may drop those not named. */
  synced(): void;
  state(): ModelLinkState;
  close(): Promise<void>;
}
