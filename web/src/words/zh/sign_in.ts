/** 登录与设置密码 */
export default {
  signIn: {
    heading: "登录",
    lead: "网格治理平台",
    login: "登录名",
    loginHint: "工号或管理员给您的登录名",
    password: "密码",
    show: "显示密码",
    enter: "登录",
    openid: "使用统一身份认证登录",
    codeHeading: "第二步验证",
    codeLead: "请打开验证器应用，输入它现在显示的六位数字；也可以输入一个恢复码。",
    code: "验证码",
    codeEnter: "验证并登录",
    back: "换一个账号",
    ended: "登录已失效，请重新登录。登录后回到刚才的页面。",
  },
  invitation: {
    heading: "设置密码",
    lead: "首次登录请设置密码。链接只能使用一次。",
    password: "新密码",
    hint: "宜用四个互不相关的词，不含姓名和工号。",
    repeat: "再输入一次",
    unequal: "两次输入的密码不一致，请重新输入。",
    set: "设置密码",
    done: "密码已设置，请登录。",
  },
};
