import polyglotI18nProvider from 'ra-i18n-polyglot';
import englishMessages from 'ra-language-english';

const messages = {
  ...englishMessages,
  resources: {
    devices: { name: 'Device |||| Devices' },
    tags: { name: 'Tag |||| Tags' },
    users: { name: 'User |||| Users' },
    sessions: { name: 'Session |||| Sessions' },
    findings: { name: 'Finding |||| Findings' },
  },
};

export const i18nProvider = polyglotI18nProvider(() => messages, 'en', [{ locale: 'en', name: 'English' }], { allowMissing: true });
