/** 边界编辑的辅助：对齐、描边、坐标、步骤 */
export default {
  guide: {
    snap: "对齐到",
    own: "仅本图层边界",
    roads: "道路",
    free: "按住 Alt 不对齐",
    trace: "沿边界描画",
    system: "坐标系",
    wgs84: "WGS 84 经纬度",
    cgcs2000: "CGCS2000 经纬度",
    epsg4547: "CGCS2000 高斯投影 114°（EPSG:4547）",
    gcj02: "GCJ-02 经纬度",
    bd09: "BD-09 经纬度",
    go: "坐标",
    next: "下一点坐标",
    example: "东, 北",
    show: "定位",
    add: "添加该点",
    finish: "画完",
  },
  steps: {
    heading: "编辑步骤（{count} 步）",
    none: "还没有编辑。",
    step: "{number}. {name} · {actor} · {at}",
    back: "还原到这一步",
  },
};
