export { type AnswerFacts, digestOfAct, judgeAnswer, judgeRequest, textOfAct, type WebAct } from './act.ts';
export { type ContentKind, contentKindOf, isFileKind } from './content.ts';
export { createBodyReader } from './readers.ts';
export { pathFault, refuseRoute, type RouteRefusal, type WebRequest } from './routes.ts';
export { type WebSettings, WebSettingsSchema } from './settings.ts';
