import type { Action } from '../actions/action.ts';
import { changeMyPassword } from '../actions/account/change-password.ts';
import { listSessions } from '../actions/account/list-sessions.ts';
import { logIn } from '../actions/account/login.ts';
import { logOut } from '../actions/account/logout.ts';
import { showMe } from '../actions/account/me.ts';
import { refresh } from '../actions/account/refresh.ts';
import { revokeSession } from '../actions/account/revoke-session.ts';
import { showKeys } from '../actions/account/show-keys.ts';
import { acknowledgeAlarm } from '../actions/alarms/acknowledge-alarm.ts';
import { acknowledgeAlarms } from '../actions/alarms/acknowledge-alarms.ts';
import { commentAlarm } from '../actions/alarms/comment-alarm.ts';
import { exportJournal } from '../actions/alarms/export-journal.ts';
import { listAlarms } from '../actions/alarms/list-alarms.ts';
import { listJournal } from '../actions/alarms/list-journal.ts';
import { showAlarm } from '../actions/alarms/show-alarm.ts';
import { showOpenApi } from '../actions/documents/show-open-api.ts';
import { cancelExport } from '../actions/exports/cancel-export.ts';
import { createExport } from '../actions/exports/create-export.ts';
import { deleteExport } from '../actions/exports/delete-export.ts';
import { downloadExport } from '../actions/exports/download-export.ts';
import { listExports } from '../actions/exports/list-exports.ts';
import { showExport } from '../actions/exports/show-export.ts';
import { takeExportFile } from '../actions/exports/take-export-file.ts';
import { createDownload } from '../actions/history/create-download.ts';
import { exportReadings } from '../actions/history/export-readings.ts';
import { listEvents } from '../actions/history/list-events.ts';
import { queryHistory } from '../actions/history/query-history.ts';
import { readHistory } from '../actions/history/read-history.ts';
import { takeDownload } from '../actions/history/take-download.ts';
import { listDevices } from '../actions/plant/list-devices.ts';
import { listFindings } from '../actions/plant/list-findings.ts';
import { listRules } from '../actions/plant/list-rules.ts';
import { listSites } from '../actions/plant/list-sites.ts';
import { listTags } from '../actions/plant/list-tags.ts';
import { showEffectiveDevice } from '../actions/plant/show-effective-device.ts';
import { showOverview } from '../actions/plant/show-overview.ts';
import { showTagValue } from '../actions/plant/show-tag-value.ts';
import { deleteResource } from '../actions/resources/delete-resource.ts';
import { putResource } from '../actions/resources/put-resource.ts';
import { showResource } from '../actions/resources/show-resource.ts';
import { addUser } from '../actions/users/create-user.ts';
import { deleteUser } from '../actions/users/delete-user.ts';
import { listUsers } from '../actions/users/list-users.ts';
import { resetUserPassword } from '../actions/users/reset-password.ts';
import { showUser } from '../actions/users/show-user.ts';
import { updateUser } from '../actions/users/update-user.ts';
import { EXPORT_FILES } from '../exports/export-format.ts';

/** A way to an action over HTTP. Path parameters, query, body and headers become its one input. */
export interface Mount {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with `:parameters`. */
  readonly path: string;
  readonly action: Action;
  /** Of the input, what comes in the query; by default everything with GET and DELETE, nothing else. */
  readonly query?: readonly string[];
  /** Input that is the whole body. */
  readonly body?: string;
  /** Input by header. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers this content type instead, when it is asked for. */
  readonly csv?: Action;
  /** Of a stream that is not CSV alone: what it may be. */
  readonly contentTypes?: readonly string[];
  readonly status?: number;
}

const tag = '/api/v1/namespaces/:namespace/devices/:device/tags/:tag';
const resource = '/api/v1/namespaces/:namespace/:plural/:name';
const edit = { headers: { ifMatch: 'if-match' }, query: ['dryRun'] } as const;

/** Every route of the api. */
export const MOUNTS: readonly Mount[] = [
  { method: 'POST', path: '/api/v1/auth/login', action: logIn },
  { method: 'POST', path: '/api/v1/auth/refresh', action: refresh },
  { method: 'POST', path: '/api/v1/auth/logout', action: logOut },
  { method: 'GET', path: '/api/v1/auth/me', action: showMe },
  { method: 'POST', path: '/api/v1/auth/password', action: changeMyPassword },
  { method: 'GET', path: '/.well-known/jwks.json', action: showKeys },
  { method: 'GET', path: '/api/v1/sessions', action: listSessions },
  { method: 'DELETE', path: '/api/v1/sessions/:id', action: revokeSession },
  { method: 'GET', path: '/api/v1/overview', action: showOverview },
  { method: 'GET', path: '/api/v1/sites', action: listSites },
  { method: 'GET', path: '/api/v1/devices', action: listDevices },
  { method: 'GET', path: '/api/v1/tags', action: listTags },
  { method: 'GET', path: '/api/v1/rules', action: listRules },
  { method: 'GET', path: '/api/v1/findings', action: listFindings },
  { method: 'GET', path: '/api/v1/namespaces/:namespace/devices/:name/effective', action: showEffectiveDevice },
  { method: 'GET', path: `${tag}/value`, action: showTagValue },
  { method: 'GET', path: `${tag}/readings`, action: readHistory, csv: exportReadings },
  { method: 'POST', path: '/api/v1/query', action: queryHistory },
  { method: 'POST', path: '/api/v1/downloads', action: createDownload, status: 201 },
  { method: 'GET', path: '/api/v1/downloads/:key', action: takeDownload },
  { method: 'GET', path: '/api/v1/exports', action: listExports },
  { method: 'POST', path: '/api/v1/exports', action: createExport, status: 202 },
  { method: 'GET', path: '/api/v1/exports/:id', action: showExport },
  { method: 'DELETE', path: '/api/v1/exports/:id', action: deleteExport },
  { method: 'POST', path: '/api/v1/exports/:id/cancel', action: cancelExport },
  { method: 'POST', path: '/api/v1/exports/:id/download', action: downloadExport, status: 201 },
  {
    ...{ method: 'GET', path: '/api/v1/exports/:id/file', action: takeExportFile },
    ...{ headers: { range: 'range', ifRange: 'if-range' }, contentTypes: Object.values(EXPORT_FILES).map((file) => file.contentType) },
  },
  { method: 'GET', path: '/api/v1/alarms', action: listAlarms },
  { method: 'POST', path: '/api/v1/alarms/acknowledge', action: acknowledgeAlarms },
  { method: 'GET', path: '/api/v1/alarms/:id', action: showAlarm },
  { method: 'POST', path: '/api/v1/alarms/:id/acknowledge', action: acknowledgeAlarm },
  { method: 'POST', path: '/api/v1/alarms/:id/comment', action: commentAlarm },
  { method: 'GET', path: '/api/v1/alarm-journal', action: listJournal, csv: exportJournal },
  { method: 'GET', path: '/api/v1/events', action: listEvents },
  { method: 'GET', path: resource, action: showResource },
  { method: 'PUT', path: resource, action: putResource, body: 'resource', ...edit },
  { method: 'DELETE', path: resource, action: deleteResource, ...edit },
  { method: 'GET', path: '/api/v1/users', action: listUsers },
  { method: 'POST', path: '/api/v1/users', action: addUser, status: 201 },
  { method: 'GET', path: '/api/v1/users/:username', action: showUser },
  { method: 'PATCH', path: '/api/v1/users/:username', action: updateUser },
  { method: 'DELETE', path: '/api/v1/users/:username', action: deleteUser },
  { method: 'POST', path: '/api/v1/users/:username/reset-password', action: resetUserPassword },
  { method: 'GET', path: '/api/v1/openapi.json', action: showOpenApi },
];
