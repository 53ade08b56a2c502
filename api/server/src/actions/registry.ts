import { changeMyPassword } from './account/change-password.ts';
import { listSessions } from './account/list-sessions.ts';
import { logIn } from './account/login.ts';
import { logOut } from './account/logout.ts';
import { showMe } from './account/me.ts';
import { refresh } from './account/refresh.ts';
import { revokeSession } from './account/revoke-session.ts';
import { showKeys } from './account/show-keys.ts';
import { acknowledgeAlarm } from './alarms/acknowledge-alarm.ts';
import { acknowledgeAlarms } from './alarms/acknowledge-alarms.ts';
import { commentAlarm } from './alarms/comment-alarm.ts';
import { exportJournal } from './alarms/export-journal.ts';
import { listAlarms } from './alarms/list-alarms.ts';
import { listJournal } from './alarms/list-journal.ts';
import { showAlarm } from './alarms/show-alarm.ts';
import { showOpenApi } from './documents/show-open-api.ts';
import { cancelExport } from './exports/cancel-export.ts';
import { createExport } from './exports/create-export.ts';
import { deleteExport } from './exports/delete-export.ts';
import { downloadExport } from './exports/download-export.ts';
import { listExports } from './exports/list-exports.ts';
import { showExport } from './exports/show-export.ts';
import { takeExportFile } from './exports/take-export-file.ts';
import { createDownload } from './history/create-download.ts';
import { exportReadings } from './history/export-readings.ts';
import { listEvents } from './history/list-events.ts';
import { queryHistory } from './history/query-history.ts';
import { readHistory } from './history/read-history.ts';
import { takeDownload } from './history/take-download.ts';
import { subscribe } from './live/subscribe.ts';
import { listDevices } from './plant/list-devices.ts';
import { listFindings } from './plant/list-findings.ts';
import { listRules } from './plant/list-rules.ts';
import { listSites } from './plant/list-sites.ts';
import { listTags } from './plant/list-tags.ts';
import { showEffectiveDevice } from './plant/show-effective-device.ts';
import { showOverview } from './plant/show-overview.ts';
import { showTagValue } from './plant/show-tag-value.ts';
import { deleteResource } from './resources/delete-resource.ts';
import { putResource } from './resources/put-resource.ts';
import { showResource } from './resources/show-resource.ts';
import { addUser } from './users/create-user.ts';
import { deleteUser } from './users/delete-user.ts';
import { listUsers } from './users/list-users.ts';
import { resetUserPassword } from './users/reset-password.ts';
import { showUser } from './users/show-user.ts';
import { updateUser } from './users/update-user.ts';

/** All actions. */
export const ACTIONS = [
  ...[logIn, refresh, logOut, showMe, changeMyPassword, showKeys, listSessions, revokeSession],
  ...[showOverview, listSites, listDevices, showEffectiveDevice, listTags, showTagValue, listRules, listFindings],
  ...[readHistory, queryHistory, exportReadings, createDownload, takeDownload, listEvents],
  ...[createExport, listExports, showExport, cancelExport, deleteExport, downloadExport, takeExportFile],
  ...[listAlarms, showAlarm, acknowledgeAlarm, acknowledgeAlarms, commentAlarm, listJournal, exportJournal],
  ...[showResource, putResource, deleteResource],
  ...[listUsers, showUser, addUser, updateUser, deleteUser, resetUserPassword],
  ...[subscribe, showOpenApi],
];
