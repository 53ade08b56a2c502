export { createModelLink } from './model-link.ts';
export type { Edit, EditResult, LinkHello, ModelLink, ModelLinkOptions, ModelLinkState, SiteHealth, SiteLinkState } from './types.ts';
