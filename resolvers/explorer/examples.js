// What a newcomer tries first.

export const EXAMPLES = [
  {
    title: '生态圈首页',
    query: `# 生态圈首页：四类内容，最新的在前
query Feed($first: Int = 5, $after: String) {
  feed(first: $first, after: $after) {
    edges {
      cursor
      node {
        __typename
        id
        title
        summary
        publishedAt
        likeCount
        commentCount
        viewerHasLiked
        author { id name }
        organization { id name }
        comments(first: 2) {
          nodes { id body author { name } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: '{\n  "first": 5\n}',
  },
  {
    title: '一条内容与讨论',
    query: `# 把首页结果里的某个 id 填进变量
query ContentDetail($id: ID!) {
  node(id: $id) {
    id
    ... on Content {
      title
      bodyHtml
      tags
      viewerPermissions { canEdit canReview canPublish canComment }
      comments(first: 20) {
        edges { cursor node { id body createdAt author { name } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`,
    variables: '{\n  "id": ""\n}',
  },
  {
    title: '查制度',
    query: `# 用平常的话查制度，或直接写“《…》第几条”
query SearchRules($query: String!, $first: Int = 5) {
  search(query: $query, first: $first, filter: { scopes: [REGULATION] }) {
    totalCount
    tookMs
    didYouMean
    edges {
      score
      highlights { fragment ranges { start length } }
      node {
        __typename
        ... on RegulationArticle { id citation text }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: '{\n  "query": "个体工商户的债务谁来承担"\n}',
  },
  {
    title: '我是谁',
    query: `# 登录后再运行
query Me {
  viewer {
    id
    name
    organization { id name kind ancestors { id name } }
    roles { role organization { name } expiresAt }
  }
}`,
    variables: '',
  },
  {
    title: '点赞',
    query: `mutation Like($id: ID!) {
  likeContent(input: { contentId: $id }) {
    content { id likeCount viewerHasLiked }
    errors { code message path }
  }
}`,
    variables: '{\n  "id": ""\n}',
  },
];
