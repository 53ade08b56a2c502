import { createAuthority, grpcStatus, issueCertificate, readBearer, serverCredentials, startGrpcServer } from '@kubeplant/kit';
import {
  Block,
  type CollectorMessage,
  type Health,
  type Hello,
  IngestService,
  type OwnerMessage,
  Standing,
  type Run,
  type SeqRange,
} from '@kubeplant/proto';

/** An owner of a site for tests: a real gRPC server with TLS on loopback that behaves as it is told. */
export interface FakeOwner {
  readonly endpoint: string;
  readonly caPem: string;
  /** Every block that came, again too, in order. */
  readonly blocks: Block[];
  readonly hellos: Hello[];
  readonly runs: Run[];
  readonly healths: Health[];
  readonly tokens: (string | undefined)[];
  /** `$case` of every message of the present stream, in order. */
  readonly order: string[];
  /** How it behaves from the next message on. */
  readonly behaviour: OwnerBehaviour;
  /** Seqs of `run` committed so far, over all streams; a test may take some away. */
  committedOf(run: string): Set<number>;
  /** Send to the open stream. */
  send(message: NonNullable<OwnerMessage['message']>): void;
  /** Commit and tell. */
  commit(...seqs: readonly number[]): void;
  /** Cut all streams, as a crash does; `code`: as what. */
  cut(code?: number): void;
  close(): Promise<void>;
}

/** What a fake owner does by itself; a test changes it at any time. */
export interface OwnerBehaviour {
  epoch: number;
  window: number;
  answer: 'Welcome' | 'Nothing' | 'Redirect';
  standing: Standing;
  /** Why it is a standby. */
  reason: string;
  redirectTo: string;
  /** Acknowledge the arrival of each block. */
  receive: boolean;
  /** Commit each block; `quietly`: without telling (a lost acknowledgement). */
  commit: 'yes' | 'quietly' | 'no';
  /** Cut every stream after this many blocks. */
  cutAfterBlocks: number;
}

interface OpenCall {
  readonly metadata: Parameters<typeof readBearer>[0];
  on(event: 'data', listener: (message: CollectorMessage) => void): unknown;
  on(event: 'end' | 'error' | 'cancelled', listener: () => void): unknown;
  emit(event: 'error', error: Error): unknown;
  write(message: OwnerMessage): boolean;
  end(): void;
}

/** What the owner knows. */
interface OwnerState extends Pick<FakeOwner, 'blocks' | 'hellos' | 'runs' | 'healths' | 'tokens' | 'order' | 'behaviour'> {
  readonly committed: Map<string, Set<number>>;
  readonly open: Set<OpenCall>;
}

/** Start it on a free port; give `port` and `authority` to come back where one was closed. */
export async function startFakeOwner(options: FakeOwnerOptions = {}): Promise<FakeOwner> {
  const authority = options.authority ?? (await createAuthority({ commonName: 'test', days: 1 }));
  const certificate = await issueCertificate({
    authority,
    commonName: 'api',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    days: 1,
  });
  const state = createState();
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    credentials: serverCredentials({ ...certificate, requireClient: false }),
    services: [{ definition: IngestService, implementation: { stream: (call: OpenCall) => takeCall(state, call) } }],
  });
  return {
    ...state,
    endpoint: `127.0.0.1:${server.port}`,
    caPem: authority.certPem,
    send: (message) => sendAll(state, message),
    commit: (...seqs) => {
      const run = state.runs.at(-1)?.run ?? '';
      const committed = committedOf(state, run);
      for (const seq of seqs) committed.add(seq);
      sendAll(state, { $case: 'committed', value: { progress: [{ run, committed: toRanges(committed) }] } });
    },
    committedOf: (run) => committedOf(state, run),
    cut: (code) => cutAll(state, code),
    close: async () => {
      cutAll(state);
      await server.close(50);
    },
  };
}

/** Where it listens and who vouches for it. */
export interface FakeOwnerOptions {
  readonly port?: number;
  readonly authority?: { readonly certPem: string; readonly keyPem: string };
}

function createState(): OwnerState {
  return {
    blocks: [],
    hellos: [],
    runs: [],
    healths: [],
    tokens: [],
    order: [],
    behaviour: {
      epoch: 1,
      window: 32,
      answer: 'Welcome',
      standing: Standing.STANDING_ACTIVE,
      reason: '',
      redirectTo: '',
      receive: true,
      commit: 'yes',
      cutAfterBlocks: Number.POSITIVE_INFINITY,
    },
    committed: new Map(),
    open: new Set(),
  };
}

function takeCall(owner: OwnerState, call: OpenCall): void {
  owner.open.add(call);
  owner.order.length = 0;
  call.on('data', (message) => take(owner, call, message));
  call.on('error', () => owner.open.delete(call));
  call.on('cancelled', () => owner.open.delete(call));
  call.on('end', () => {
    owner.open.delete(call);
    call.end();
  });
}

function take(owner: OwnerState, call: OpenCall, { message }: CollectorMessage): void {
  if (message === undefined || !owner.open.has(call)) return;
  owner.order.push(message.$case);
  if (message.$case === 'hello') takeHello(owner, call, message.value);
  else if (message.$case === 'block') takeBlock(owner, call, message.value);
  else if (message.$case === 'health') owner.healths.push(message.value);
  else if (message.$case === 'run') owner.runs.push(message.value);
}

function takeHello(owner: OwnerState, call: OpenCall, hello: Hello): void {
  const { answer, redirectTo, epoch, window, standing, reason } = owner.behaviour;
  owner.hellos.push(hello);
  owner.tokens.push(readBearer(call.metadata));
  if (answer === 'Redirect') call.write({ message: { $case: 'redirect', value: { endpoint: redirectTo, retryAfterMs: 10 } } });
  if (answer !== 'Welcome') return;
  const progress = hello.runs.map((run) => ({ run, committed: toRanges(committedOf(owner, run)) }));
  call.write({ message: { $case: 'welcome', value: { epoch, window, progress, standing, reason } } });
}

function takeBlock(owner: OwnerState, call: OpenCall, bytes: Buffer): void {
  const { behaviour } = owner;
  const block = Block.decode(bytes);
  const { run, seq } = block;
  owner.blocks.push(block);
  const blocks = owner.order.filter((kind) => kind === 'block').length;
  if (behaviour.receive) call.write({ message: { $case: 'received', value: { run, seq, blocks } } });
  if (behaviour.commit !== 'no') committedOf(owner, run).add(seq);
  if (behaviour.commit === 'yes') {
    call.write({ message: { $case: 'committed', value: { progress: [{ run, committed: [{ first: seq, last: seq }] }] } } });
  }
  if (blocks >= behaviour.cutAfterBlocks) cutCall(owner, call);
}

function committedOf({ committed }: OwnerState, run: string): Set<number> {
  const seqs = committed.get(run) ?? new Set();
  committed.set(run, seqs);
  return seqs;
}

function sendAll(owner: OwnerState, message: NonNullable<OwnerMessage['message']>): void {
  for (const call of owner.open) call.write({ message });
}

function cutAll(owner: OwnerState, code?: number): void {
  for (const call of owner.open) cutCall(owner, call, code);
}

function cutCall(owner: OwnerState, call: OpenCall, code: number = grpcStatus.UNAVAILABLE): void {
  owner.open.delete(call);
  call.emit('error', Object.assign(new Error('cut by the test'), { code }));
}

function toRanges(seqs: ReadonlySet<number>): SeqRange[] {
  const ranges: SeqRange[] = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.last === seq - 1) last.last = seq;
    else ranges.push({ first: seq, last: seq });
  }
  return ranges;
}
