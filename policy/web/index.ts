export { type AnswerFacts, judgeAnswer, judgeRequest, textOfAct, type WebAct } from './act.ts';
export { type ContentKind, contentKindOf } from './content.ts';
export { createBodyReader } from './readers.ts';
export { refuseRoute, type RouteRefusal, type WebRequest } from './routes.ts';
export { type WebSettings, WebSettingsSchema } from './settings.ts';
