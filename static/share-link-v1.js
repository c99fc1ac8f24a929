export const protocol = "itemshare/v1";
