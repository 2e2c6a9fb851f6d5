/** 查到的上报、随手记、任务、人员 */
export default {
  records: {
    heading: "查找结果",
    isCase: "已转为案件，编号相同",
    fields: {
      category: "类别", text: "内容", address: "地址", reporter: "来电人", reportedAt: "上报时间", areas: "所在区域", place: "位置（WGS 84）",
      author: "发起人", notedAt: "发现时间", writtenAt: "补录时间", isCase: "办理", kind: "类型", issuedAt: "下达时间", dueAt: "截止时间",
      unit: "承办单位", staffNumber: "工号", phone: "电话", units: "所属单位", roles: "角色",
    },
    taskStates: { issued: "待签收", acknowledged: "办理中", done: "已完成，待确认", confirmed: "已确认", withdrawn: "已撤回" },
  },
};
