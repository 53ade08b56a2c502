/** Files a stream depends on. */
export interface CredentialFiles {
  readonly tokenFile: string;
  readonly caFile: string;
}

/** Why a stream ended, with the file to look at where a credential is the matter. Never holds what is in the file. */
export function explainEnd(reason: string, { tokenFile, caFile }: CredentialFiles): string {
  if (/UNAUTHENTICATED|PERMISSION_DENIED/.test(reason)) return `${reason}: put the token of this shard into ${tokenFile}`;
  if (/certificate|self-signed/i.test(reason))
    return `the CA in ${caFile} does not vouch for the api, put the CA certificate (PEM) of this plant there: ${reason}`;
  return reason;
}
