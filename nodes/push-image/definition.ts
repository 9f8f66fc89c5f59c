import { defineMessageNode, fromMessage } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "push-image",
  color: "#BBD3E6",
  inputs: 1,
  outputs: ["image"],
  errorOutput: false,
  needs: "downloadImage",
  fields: {
    image: fromMessage("payload", { required: true }),
  },
});
