import type { Catalogue } from "./catalogue.ts";

/** Texts of the login page and of refusals of the site. */
export type ServeMessage =
  | "site" | "login" | "login.intro" | "user" | "password" | "submit" | "logout"
  | "login.failed" | "login.hint" | "link.used" | "forbidden" | "forbidden.area"
  | "forbidden.own" | "forbidden.ask" | "office" | "missing" | "missing.text" | "back"
  | "not_allowed" | "other_language" | "failed" | "failed.text"
  | "oidc.submit" | "oidc.failed" | "oidc.unknown" | "oidc.unavailable";

export const serveMessages: Catalogue<ServeMessage> = {
  zh: {
    site: "督导 · 教师信息技术应用能力提升工程 2.0",
    login: "登录",
    "login.intro": "请使用本级项目办公室分配的账号登录。",
    user: "账号",
    password: "密码",
    submit: "登录",
    logout: "退出登录",
    "login.failed": "账号或密码不正确。",
    "login.hint": "连续输错 5 次，账号将锁定 15 分钟。",
    "link.used": "此登录链接已使用过或已过期，请用账号和密码登录。",
    forbidden: "无权查看",
    "forbidden.area": "您的账号无权查看“{area}”的数据。",
    "forbidden.own": "您可以查看：{own}。",
    "forbidden.ask": "如工作需要，请向{office}申请开通。",
    office: "{area}教师信息技术应用能力提升工程办公室",
    missing: "没有这个页面",
    "missing.text": "地址不存在，或该日数据尚未发布。",
    back: "返回首页",
    not_allowed: "不支持的请求方式",
    other_language: "English",
    failed: "出错了",
    "failed.text": "服务器暂时无法回答，请稍后重试。",
    "oidc.submit": "使用统一身份认证登录",
    "oidc.failed": "统一身份认证未完成，请重新登录。",
    "oidc.unknown": "身份认证已通过，但此身份尚未开通本平台，请向本级项目办公室申请开通。",
    "oidc.unavailable": "统一身份认证暂时无法连接，请稍后重试，或用账号和密码登录。",
  },
  en: {
    site: "Dudao · Teacher ICT Capability Improvement Project 2.0",
    login: "Log in",
    "login.intro": "Please use the account that your project office gave you.",
    user: "Account",
    password: "Password",
    submit: "Log in",
    logout: "Log out",
    "login.failed": "The account or the password is not right.",
    "login.hint": "Five failures lock an account for 15 minutes.",
    "link.used": "This link has been used or has expired. Please log in with account and password.",
    forbidden: "No permission",
    "forbidden.area": "Your account may not see the data of {area}.",
    "forbidden.own": "You may see: {own}.",
    "forbidden.ask": "If your work needs it, please ask the {office}.",
    office: "project office of {area}",
    missing: "No such page",
    "missing.text": "The address does not exist, or the data of that day are not published yet.",
    back: "Back to the start",
    not_allowed: "Method not allowed",
    other_language: "中文",
    failed: "Something went wrong",
    "failed.text": "The server cannot answer just now. Please try again later.",
    "oidc.submit": "Log in with your unified identity",
    "oidc.failed": "The unified log-in was not completed. Please log in again.",
    "oidc.unknown":
      "You are identified, but not yet admitted to this platform. Please ask your project office.",
    "oidc.unavailable":
      "The unified log-in cannot be reached. Try again later, or use account and password.",
  },
};
